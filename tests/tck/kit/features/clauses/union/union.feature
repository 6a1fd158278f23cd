Feature: Rows of several queries together

  Background:
    Given the estate graph

  Scenario: [1] UNION has each row once
    When executing query:
      """
      MATCH (s:Server) WHERE s.cores >= 32 RETURN s.name AS name
      UNION
      MATCH (s)-[:PLUGGED_INTO]->(:Switch {name: 'sw-1'}) RETURN s.name AS name
      """
    Then the result should be, in any order:
      | name    |
      | 'db-1'  |
      | 'db-2'  |
      | 'web-1' |
      | 'web-2' |
    And no side effects

  Scenario: [2] UNION ALL has every row
    When executing query:
      """
      MATCH (s:Physical) RETURN s.name AS name
      UNION ALL
      MATCH (:Service)-[:RUNS_ON]->(s:Physical) RETURN s.name AS name
      """
    Then the result should be, in any order:
      | name   |
      | 'db-1' |
      | 'db-2' |
      | 'db-1' |
    And no side effects

  Scenario: [3] Nulls are one row
    When executing query:
      """
      UNWIND [null, null] AS status RETURN status
      UNION
      RETURN null AS status
      """
    Then the result should be, in any order:
      | status |
      | null   |
    And no side effects

  Scenario: [4] Each query has its own order and bounds
    When executing query:
      """
      MATCH (s:Server) RETURN s.name AS name ORDER BY name LIMIT 1
      UNION ALL
      MATCH (w:Switch) RETURN w.name AS name ORDER BY name DESC LIMIT 1
      """
    Then the result should be, in any order:
      | name   |
      | 'db-1' |
      | 'sw-2' |
    And no side effects
