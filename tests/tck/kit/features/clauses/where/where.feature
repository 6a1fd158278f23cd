Feature: WHERE keeps what is true, neither what is false nor what is null

  The server old-1 has no status.

  Background:
    Given the estate graph

  Scenario Outline: [1] Servers where <condition>
    When executing query:
      """
      MATCH (s:Server)
      WHERE <condition>
      RETURN collect(s.name) AS names
      """
    Then the result should be (ignoring element order for lists):
      | names   |
      | <names> |
    And no side effects

    Examples:
      | condition                               | names                              |
      | s.status <> 'live'                      | ['db-2']                           |
      | NOT s.status = 'live'                   | ['db-2']                           |
      | s.status IS NULL                        | ['old-1']                          |
      | s.status = 'repair' OR s.cores < 4      | ['db-2', 'old-1']                  |
      | NOT s.status IN ['repair', null]        | []                                 |
      | 2 < s.cores <= 8                        | ['web-1', 'web-2']                 |
      | s.name > 3                              | []                                 |
      | s:Physical AND s.status = 'live'        | ['db-1']                           |
      | NOT (s)-[:PLUGGED_INTO]->()             | ['old-1']                          |
      | exists { (s)-->(w) WHERE w.ports < 48 } | ['db-1', 'db-2']                   |
      | s.name STARTS WITH 'db' XOR s.cores < 8 | ['db-1', 'db-2', 'web-2', 'old-1'] |
