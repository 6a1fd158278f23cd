Feature: WITH hands rows on to the next part

  Background:
    Given the estate graph

  Scenario: [1] A condition on a group
    When executing query:
      """
      MATCH (s:Server)-[:PLUGGED_INTO]->(w)
      WITH w, count(s) AS servers
      WHERE servers > 2
      RETURN w.name AS switch, servers
      """
    Then the result should be, in any order:
      | switch | servers |
      | 'sw-1' | 3       |
    And no side effects

  Scenario: [2] The first rows of an order go on
    When executing query:
      """
      MATCH (s:Server)
      WITH s.name AS name ORDER BY s.cores DESC, s.name LIMIT 3
      RETURN collect(name) AS names
      """
    Then the result should be (ignoring element order for lists):
      | names                     |
      | ['db-1', 'db-2', 'web-1'] |
    And no side effects

  Scenario: [3] A star keeps what was there
    When executing query:
      """
      MATCH (w:Switch)
      WITH *, w.ports / 2 AS half
      WHERE half > 12
      RETURN w.name AS name, half
      """
    Then the result should be, in any order:
      | name   | half |
      | 'sw-1' | 24   |
    And no side effects

  Scenario: [4] A name may be given anew
    When executing query:
      """
      WITH 1 AS rack
      WITH rack + 1 AS rack, rack AS before
      RETURN rack, before
      """
    Then the result should be, in any order:
      | rack | before |
      | 2    | 1      |
    And no side effects

  Scenario: [5] A MATCH takes each row that was handed on
    When executing query:
      """
      MATCH (v:Service {tier: 1})
      WITH v ORDER BY v.name LIMIT 1
      MATCH (v)-[:RUNS_ON]->(s)
      RETURN v.name AS service, s.name AS server
      """
    Then the result should be, in any order:
      | service | server  |
      | 'shop'  | 'web-1' |
      | 'shop'  | 'web-2' |
    And no side effects
