Feature: Lists made of patterns

  Background:
    Given the estate graph

  Scenario: [1] What is found around a node
    When executing query:
      """
      MATCH (w:Switch)
      RETURN w.name AS switch, [(w)<-[:PLUGGED_INTO]-(s) WHERE s.cores > 4 | s.name] AS servers
      """
    Then the result should be (ignoring element order for lists):
      | switch | servers           |
      | 'sw-1' | ['web-1', 'db-1'] |
      | 'sw-2' | ['db-1', 'db-2']  |
    And no side effects

  Scenario: [2] The path may have a name, and nothing found is an empty list
    When executing query:
      """
      MATCH (v:Service) WHERE v.name IN ['search', 'stock']
      RETURN v.name AS service, [p = (v)-[:NEEDS*]->() | length(p)] AS lengths
      """
    Then the result should be, in any order:
      | service  | lengths |
      | 'search' | [1]     |
      | 'stock'  | []      |
    And no side effects
