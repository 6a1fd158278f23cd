Feature: The order of rows, and parts of it

  Background:
    Given the estate graph

  Scenario: [1] Null stands at the end of what rises
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.status AS status, s.name AS name
      ORDER BY status, name
      """
    Then the result should be, in order:
      | status   | name    |
      | 'live'   | 'db-1'  |
      | 'live'   | 'web-1' |
      | 'live'   | 'web-2' |
      | 'repair' | 'db-2'  |
      | null     | 'old-1' |
    And no side effects

  Scenario: [2] Null stands at the beginning of what falls
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.status AS status, s.name AS name
      ORDER BY status DESC, name
      """
    Then the result should be, in order:
      | status   | name    |
      | null     | 'old-1' |
      | 'repair' | 'db-2'  |
      | 'live'   | 'db-1'  |
      | 'live'   | 'web-1' |
      | 'live'   | 'web-2' |
    And no side effects

  Scenario: [3] A page of rows
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name AS name
      ORDER BY name SKIP 1 LIMIT 2
      """
    Then the result should be, in order:
      | name    |
      | 'db-2'  |
      | 'old-1' |
    And no side effects

  Scenario Outline: [4] Nothing is left of <part>
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name AS name <part>
      """
    Then the result should be empty
    And no side effects

    Examples:
      | part    |
      | SKIP 5  |
      | LIMIT 0 |

  Scenario: [5] By an expression of what is returned
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name AS name, s.cores AS cores
      ORDER BY cores % 3, name DESC
      """
    Then the result should be, in order:
      | name    | cores |
      | 'web-2' | 4     |
      | 'web-1' | 8     |
      | 'old-1' | 2     |
      | 'db-2'  | 32    |
      | 'db-1'  | 32    |
    And no side effects

  Scenario: [6] By an aggregate
    When executing query:
      """
      MATCH (:Service)-[:RUNS_ON]->(s)
      RETURN s.name AS server, count(*) AS services
      ORDER BY count(*) DESC, server
      """
    Then the result should be, in order:
      | server  | services |
      | 'web-2' | 2        |
      | 'db-1'  | 1        |
      | 'old-1' | 1        |
      | 'web-1' | 1        |
    And no side effects

  Scenario: [7] Values of all kinds have an order
    When executing query:
      """
      UNWIND [1, 'a', null, true, [1], {ports: 24}, 0.5, false, 0.0 / 0.0, 'B'] AS value
      RETURN value ORDER BY value
      """
    Then the result should be, in order:
      | value       |
      | {ports: 24} |
      | [1]         |
      | 'B'         |
      | 'a'         |
      | false       |
      | true        |
      | 0.5         |
      | 1           |
      | NaN         |
      | null        |
    And no side effects

  Scenario: [8] Lists are ordered by their first items that differ
    When executing query:
      """
      UNWIND [[1, 2], [1], [1, null], [], [1, 'a'], [0, 9]] AS ports
      RETURN ports ORDER BY ports DESC
      """
    Then the result should be, in order:
      | ports     |
      | [1, null] |
      | [1, 2]    |
      | [1, 'a']  |
      | [1]       |
      | [0, 9]    |
      | []        |
    And no side effects
