Feature: Chains of relationships

  Background:
    Given the estate graph

  Scenario Outline: [1] A chain of NEEDS<bounds> from the shop
    When executing query:
      """
      MATCH (:Service {name: 'shop'})-[:NEEDS<bounds>]->(v)
      RETURN collect(v.name) AS services
      """
    Then the result should be (ignoring element order for lists):
      | services   |
      | <services> |
    And no side effects

    Examples:
      | bounds | services                     |
      | *      | ['search', 'stock', 'stock'] |
      | *0     | ['shop']                     |
      | *0..1  | ['shop', 'search', 'stock']  |
      | *2     | ['stock']                    |
      | *3..   | []                           |

  Scenario: [2] The variable of a chain is the list of its relationships
    When executing query:
      """
      MATCH (:Service {name: 'shop'})-[chain:NEEDS|RUNS_ON*2]->(n {name: 'db-1'})
      RETURN size(chain) AS size, [r IN chain | type(r)] AS types
      """
    Then the result should be, in any order:
      | size | types                |
      | 2    | ['NEEDS', 'RUNS_ON'] |
    And no side effects

  Scenario: [3] Without a direction a chain goes up and down
    When executing query:
      """
      MATCH (:Server {name: 'old-1'})-[*1..3]-(n)
      RETURN n.name AS name
      """
    Then the result should be, in any order:
      | name     |
      | 'report' |
      | 'stock'  |
      | 'shop'   |
      | 'search' |
      | 'db-1'   |
    And no side effects

  Scenario: [4] Between two nodes that are known each way is a row
    When executing query:
      """
      MATCH (from:Service {name: 'shop'}), (to:Service {name: 'stock'})
      MATCH p = (from)-[:NEEDS*]->(to)
      RETURN [v IN nodes(p) | v.name] AS way
      """
    Then the result should be, in any order:
      | way                         |
      | ['shop', 'stock']           |
      | ['shop', 'search', 'stock'] |
    And no side effects

  Scenario: [5] A condition on all nodes of a way
    When executing query:
      """
      MATCH p = (:Service {name: 'shop'})-[*..3]->(:Switch {name: 'sw-2'})
      WHERE none(n IN nodes(p) WHERE n.name = 'sw-1')
      RETURN [n IN nodes(p) | n.name] AS way
      """
    Then the result should be, in any order:
      | way                               |
      | ['shop', 'stock', 'db-1', 'sw-2'] |
    And no side effects
