Feature: Relationships that lead back to where they began

  Scenario: [1] A relationship of a switch to itself is found once, whatever the direction
    Given an empty graph
    And having executed:
      """
      CREATE (w:Switch {name: 'sw-1'})-[:LINKED_TO]->(w)
      """
    When executing query:
      """
      MATCH (a)-[:LINKED_TO]-(b)
      RETURN a.name AS a, b.name AS b
      """
    Then the result should be, in any order:
      | a      | b      |
      | 'sw-1' | 'sw-1' |
    And no side effects

  Scenario: [2] Around a ring of switches goes each relationship once
    Given an empty graph
    And having executed:
      """
      CREATE (a:Switch {name: 'a'})-[:LINKED_TO]->(:Switch {name: 'b'})
               -[:LINKED_TO]->(:Switch {name: 'c'})-[:LINKED_TO]->(a)
      """
    When executing query:
      """
      MATCH p = (:Switch {name: 'a'})-[:LINKED_TO*]->(last)
      RETURN last.name AS last, length(p) AS hops
      """
    Then the result should be, in any order:
      | last | hops |
      | 'b'  | 1    |
      | 'c'  | 2    |
      | 'a'  | 3    |
    And no side effects
