Feature: Shortest paths

  Background:
    Given the estate graph

  Scenario: [1] One of the shortest ways
    When executing query:
      """
      MATCH p = shortestPath((:Service {name: 'shop'})-[:NEEDS*]->(:Service {name: 'stock'}))
      RETURN p
      """
    Then the result should be, in any order:
      | p                                                                                  |
      | <(:Service {name: 'shop', tier: 1})-[:NEEDS]->(:Service {name: 'stock', tier: 1})> |
    And no side effects

  Scenario: [2] All shortest ways, and no longer ones
    When executing query:
      """
      MATCH p = allShortestPaths((:Service {name: 'shop'})-[*]->(:Switch {name: 'sw-1'}))
      RETURN [n IN nodes(p) | n.name] AS way
      """
    Then the result should be, in any order:
      | way                       |
      | ['shop', 'web-1', 'sw-1'] |
      | ['shop', 'web-2', 'sw-1'] |
    And no side effects

  Scenario: [3] Against the arrows there is no way
    When executing query:
      """
      MATCH (from:Switch {name: 'sw-2'}), (to:Switch {name: 'sw-1'})
      OPTIONAL MATCH p = shortestPath((from)-[:LINKED_TO*]->(to))
      OPTIONAL MATCH q = shortestPath((from)-[:LINKED_TO*]-(to))
      RETURN p, length(q) AS hops
      """
    Then the result should be, in any order:
      | p    | hops |
      | null | 1    |
    And no side effects

  Scenario: [4] A way that is longer than its bound is none
    When executing query:
      """
      MATCH p = shortestPath((:Service {name: 'shop'})-[*..2]->(:Switch {name: 'sw-2'}))
      RETURN p
      """
    Then the result should be empty
    And no side effects
