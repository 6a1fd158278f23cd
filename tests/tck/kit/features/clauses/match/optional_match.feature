Feature: What is not there is null

  Background:
    Given the estate graph

  Scenario: [1] A row without a match stays, with nulls
    When executing query:
      """
      MATCH (s:Server)
      OPTIONAL MATCH (s)-[:PLUGGED_INTO]->(w)
      RETURN s.name AS server, w.name AS switch
      """
    Then the result should be, in any order:
      | server  | switch |
      | 'web-1' | 'sw-1' |
      | 'web-2' | 'sw-1' |
      | 'db-1'  | 'sw-1' |
      | 'db-1'  | 'sw-2' |
      | 'db-2'  | 'sw-2' |
      | 'old-1' | null   |
    And no side effects

  Scenario: [2] WHERE of an OPTIONAL MATCH is a part of what is looked for
    When executing query:
      """
      MATCH (v:Service)
      OPTIONAL MATCH (v)-[:RUNS_ON]->(s)
      WHERE s.cores > 8
      RETURN v.name AS service, s.name AS server
      """
    Then the result should be, in any order:
      | service  | server |
      | 'shop'   | null   |
      | 'search' | null   |
      | 'stock'  | 'db-1' |
      | 'report' | null   |
    And no side effects

  Scenario: [3] WHERE of a WITH behind it chooses among rows
    When executing query:
      """
      MATCH (v:Service)
      OPTIONAL MATCH (v)-[:RUNS_ON]->(s)
      WITH v, s WHERE s.cores > 8
      RETURN v.name AS service, s.name AS server
      """
    Then the result should be, in any order:
      | service | server |
      | 'stock' | 'db-1' |
    And no side effects

  Scenario: [4] A pattern is found as a whole or not at all
    When executing query:
      """
      MATCH (v:Service {name: 'report'})
      OPTIONAL MATCH (v)-[:RUNS_ON]->(s)-[:PLUGGED_INTO]->(w)
      RETURN v.name AS service, s, w
      """
    Then the result should be, in any order:
      | service  | s    | w    |
      | 'report' | null | null |
    And no side effects

  Scenario: [5] From null no relationship starts
    When executing query:
      """
      OPTIONAL MATCH (w:Switch {name: 'sw-9'})
      OPTIONAL MATCH (w)<-[:PLUGGED_INTO]-(s)
      RETURN w, s
      """
    Then the result should be, in any order:
      | w    | s    |
      | null | null |
    And no side effects

  Scenario: [6] A MATCH from null finds nothing
    When executing query:
      """
      OPTIONAL MATCH (w:Switch {name: 'sw-9'})
      WITH w
      MATCH (w)<-[:PLUGGED_INTO]-(s)
      RETURN w, s
      """
    Then the result should be empty
    And no side effects

  Scenario: [7] Rows are counted, and nulls are not
    When executing query:
      """
      MATCH (s:Server)
      OPTIONAL MATCH (s)-[:PLUGGED_INTO]->(w)
      RETURN s.name AS server, count(*) AS rows, count(w) AS switches
      """
    Then the result should be, in any order:
      | server  | rows | switches |
      | 'web-1' | 1    | 1        |
      | 'web-2' | 1    | 1        |
      | 'db-1'  | 2    | 2        |
      | 'db-2'  | 1    | 1        |
      | 'old-1' | 1    | 0        |
    And no side effects
