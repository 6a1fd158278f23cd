Feature: Maps, and what nodes and relationships tell of themselves

  Scenario: [1] Values by their names
    Given any graph
    When executing query:
      """
      WITH {name: 'db-1', disks: [{size: 4}, {size: 8}], none: null} AS s
      RETURN s.name AS name, s['name'] AS same, s.disks[1].size AS size, s.missing AS missing, s.none AS none,
             keys(s) AS keys
      """
    Then the result should be (ignoring element order for lists):
      | name   | same   | size | missing | none | keys                      |
      | 'db-1' | 'db-1' | 8    | null    | null | ['name', 'disks', 'none'] |
    And no side effects

  Scenario: [2] Null has no values
    Given any graph
    When executing query:
      """
      WITH null AS s
      RETURN s.name AS name, s['name'] AS same, keys(s) AS keys, coalesce(s.name, 'nobody') AS instead
      """
    Then the result should be, in any order:
      | name | same | keys | instead  |
      | null | null | null | 'nobody' |
    And no side effects

  Scenario: [3] Properties, labels and types
    Given the estate graph
    When executing query:
      """
      MATCH (s {name: 'db-2'})-[r]->(w)
      WITH s, r, w, 'ports' AS wanted
      RETURN labels(s) AS labels, type(r) AS type, properties(w) AS properties, keys(w) AS keys, w[wanted] AS ports
      """
    Then the result should be (ignoring element order for lists):
      | labels                 | type           | properties                | keys              | ports |
      | ['Server', 'Physical'] | 'PLUGGED_INTO' | {name: 'sw-2', ports: 24} | ['name', 'ports'] | 24    |
    And no side effects
