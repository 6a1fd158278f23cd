Feature: CASE

  Scenario: [1] One of several values
    Given the estate graph
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name AS name,
             CASE s.status WHEN 'live' THEN 'up' WHEN 'repair' THEN 'down' ELSE 'unknown' END AS state
      """
    Then the result should be, in any order:
      | name    | state     |
      | 'web-1' | 'up'      |
      | 'web-2' | 'up'      |
      | 'db-1'  | 'up'      |
      | 'db-2'  | 'down'    |
      | 'old-1' | 'unknown' |
    And no side effects

  Scenario: [2] The first condition that is true, or null
    Given the estate graph
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name AS name, CASE WHEN s.cores > 16 THEN 'large' WHEN s.cores > 4 THEN 'middle' END AS size
      """
    Then the result should be, in any order:
      | name    | size     |
      | 'web-1' | 'middle' |
      | 'web-2' | null     |
      | 'db-1'  | 'large'  |
      | 'db-2'  | 'large'  |
      | 'old-1' | null     |
    And no side effects

  Scenario: [3] Values are compared with =
    Given any graph
    When executing query:
      """
      RETURN CASE null WHEN null THEN 'same' ELSE 'not known' END AS nothing,
             CASE 1 WHEN '1' THEN 'text' WHEN 1.0 THEN 'number' END AS one
      """
    Then the result should be, in any order:
      | nothing     | one      |
      | 'not known' | 'number' |
    And no side effects
