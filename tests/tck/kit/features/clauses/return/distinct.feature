Feature: DISTINCT

  Scenario: [1] Rows without a value are one
    Given the estate graph
    When executing query:
      """
      MATCH (s:Server)
      RETURN DISTINCT s.status AS status ORDER BY status
      """
    Then the result should be, in order:
      | status   |
      | 'live'   |
      | 'repair' |
      | null     |
    And no side effects

  Scenario: [2] Numbers are the same when they are equal, and what is no number is the same as itself
    Given any graph
    When executing query:
      """
      UNWIND [1, 1.0, '1', 0.0 / 0.0, 0.0 / 0.0, [1], [1.0]] AS value
      WITH DISTINCT value
      RETURN count(*) AS rows
      """
    Then the result should be, in any order:
      | rows |
      | 4    |
    And no side effects

  Scenario: [3] All columns of a row count together
    Given the estate graph
    When executing query:
      """
      MATCH (s)-[:PLUGGED_INTO]->(w)
      RETURN DISTINCT w.name AS switch, s.cores > 8 AS large
      """
    Then the result should be, in any order:
      | switch | large |
      | 'sw-1' | false |
      | 'sw-1' | true  |
      | 'sw-2' | true  |
    And no side effects
