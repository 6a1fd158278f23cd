Feature: UNWIND makes a row of each item

  Scenario: [1] A row for each item, nulls too
    Given any graph
    When executing query:
      """
      UNWIND ['web-1', null, 'web-1'] AS name
      RETURN name
      """
    Then the result should be, in order:
      | name    |
      | 'web-1' |
      | null    |
      | 'web-1' |
    And no side effects

  Scenario Outline: [2] No row of <list>
    Given any graph
    When executing query:
      """
      UNWIND <list> AS name
      RETURN name
      """
    Then the result should be empty
    And no side effects

    Examples:
      | list |
      | []   |
      | null |

  Scenario: [3] A list of lists is taken apart twice
    Given any graph
    When executing query:
      """
      UNWIND [[1, 2], [], [3]] AS rack
      UNWIND rack AS slot
      RETURN size(rack) AS slots, slot
      """
    Then the result should be, in any order:
      | slots | slot |
      | 2     | 1    |
      | 2     | 2    |
      | 1     | 3    |
    And no side effects

  Scenario: [4] What was collected is taken apart again
    Given the estate graph
    When executing query:
      """
      MATCH (w:Switch)<-[:PLUGGED_INTO]-(s)
      WITH w, collect(s) AS servers
      UNWIND servers AS s
      RETURN w.name AS switch, min(s.cores) AS least
      """
    Then the result should be, in any order:
      | switch | least |
      | 'sw-1' | 4     |
      | 'sw-2' | 32    |
    And no side effects

  Scenario: [5] Each item is looked for
    Given the estate graph
    When executing query:
      """
      UNWIND ['db-1', 'db-9', 'old-1'] AS wanted
      OPTIONAL MATCH (s:Server {name: wanted})
      RETURN wanted, s.cores AS cores
      """
    Then the result should be, in any order:
      | wanted  | cores |
      | 'db-1'  | 32    |
      | 'db-9'  | null  |
      | 'old-1' | 2     |
    And no side effects
