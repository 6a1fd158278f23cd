Feature: Patterns find servers, services and switches

  Background:
    Given the estate graph

  Scenario: [1] A node without conditions is every node
    When executing query:
      """
      MATCH (n)
      RETURN count(*) AS nodes
      """
    Then the result should be, in any order:
      | nodes |
      | 11    |
    And no side effects

  Scenario: [2] A node has all the labels that are asked for
    When executing query:
      """
      MATCH (s:Server:Physical)
      RETURN s
      """
    Then the result should be, in any order:
      | s                                                              |
      | (:Server:Physical {name: 'db-1', cores: 32, status: 'live'})   |
      | (:Server:Physical {name: 'db-2', cores: 32, status: 'repair'}) |
    And no side effects

  Scenario Outline: [3] The arrow <arrow> says which way a relationship is walked
    When executing query:
      """
      MATCH (:Service {name: 'search'})<arrow>(other)
      RETURN collect(other.name) AS others
      """
    Then the result should be (ignoring element order for lists):
      | others   |
      | <others> |
    And no side effects

    Examples:
      | arrow       | others            |
      | -[:NEEDS]-> | ['stock']         |
      | <-[:NEEDS]- | ['shop']          |
      | -[:NEEDS]-  | ['stock', 'shop'] |

  Scenario: [4] Within one MATCH no relationship is used twice
    When executing query:
      """
      MATCH (:Switch {name: 'sw-1'})<-[:PLUGGED_INTO]-(s)-[:PLUGGED_INTO]->(other)
      RETURN s.name, other.name
      """
    Then the result should be, in any order:
      | s.name | other.name |
      | 'db-1' | 'sw-2'     |
    And no side effects

  Scenario: [5] A second MATCH may use it again
    When executing query:
      """
      MATCH (:Switch {name: 'sw-1'})<-[:PLUGGED_INTO]-(s)
      MATCH (s)-[:PLUGGED_INTO]->(other)
      RETURN s.name, other.name
      """
    Then the result should be, in any order:
      | s.name  | other.name |
      | 'web-1' | 'sw-1'     |
      | 'web-2' | 'sw-1'     |
      | 'db-1'  | 'sw-1'     |
      | 'db-1'  | 'sw-2'     |
    And no side effects

  Scenario: [6] Relationships of several types
    When executing query:
      """
      MATCH (:Service {name: 'search'})-[r:NEEDS|RUNS_ON]->(n)
      RETURN type(r) AS type, n.name AS name
      """
    Then the result should be, in any order:
      | type      | name    |
      | 'NEEDS'   | 'stock' |
      | 'RUNS_ON' | 'web-2' |
    And no side effects

  Scenario: [7] Two patterns without a common node are combined each with each
    When executing query:
      """
      MATCH (w:Switch), (v:Service {tier: 1})
      RETURN w.name AS switch, v.name AS service
      """
    Then the result should be, in any order:
      | switch | service |
      | 'sw-1' | 'shop'  |
      | 'sw-1' | 'stock' |
      | 'sw-2' | 'shop'  |
      | 'sw-2' | 'stock' |
    And no side effects

  Scenario: [8] A pattern without a direction finds a relationship from both ends
    When executing query:
      """
      MATCH (from)-[r:LINKED_TO]-(to)
      RETURN from.name AS from, to.name AS to, startNode(r).name AS source
      """
    Then the result should be, in any order:
      | from   | to     | source |
      | 'sw-1' | 'sw-2' | 'sw-1' |
      | 'sw-2' | 'sw-1' | 'sw-1' |
    And no side effects

  Scenario: [9] A path has its nodes and relationships as they are walked
    When executing query:
      """
      MATCH p = (:Switch {name: 'sw-2'})<-[:PLUGGED_INTO]-(:Server {status: 'live'})<-[:RUNS_ON]-()
      RETURN p, length(p) AS hops
      """
    Then the result should be, in any order:
      | p                                                                                                                                                                   | hops |
      | <(:Switch {name: 'sw-2', ports: 24})<-[:PLUGGED_INTO]-(:Server:Physical {name: 'db-1', cores: 32, status: 'live'})<-[:RUNS_ON]-(:Service {name: 'stock', tier: 1})> | 2    |
    And no side effects

  Scenario: [10] Nothing has a property that equals null
    When executing query:
      """
      MATCH (s:Server {status: null})
      RETURN s
      """
    Then the result should be empty
    And no side effects
