Feature: Groups of rows become one

  Scenario: [1] Of no rows
    Given the estate graph
    When executing query:
      """
      MATCH (r:Router)
      RETURN count(*) AS rows, count(r) AS routers, sum(r.ports) AS ports, avg(r.ports) AS average,
             min(r.ports) AS least, max(r.ports) AS most, collect(r.name) AS names
      """
    Then the result should be, in any order:
      | rows | routers | ports | average | least | most | names |
      | 0    | 0       | 0     | null    | null  | null | []    |
    And no side effects

  Scenario: [2] Of no rows there are no groups
    Given the estate graph
    When executing query:
      """
      MATCH (r:Router)
      RETURN r.name AS name, count(*) AS rows
      """
    Then the result should be empty
    And no side effects

  Scenario: [3] Nulls do not count, and DISTINCT counts once
    Given the estate graph
    When executing query:
      """
      MATCH (s:Server)
      RETURN count(*) AS rows, count(s.status) AS values, count(DISTINCT s.status) AS kinds,
             collect(DISTINCT s.status) AS statuses
      """
    Then the result should be (ignoring element order for lists):
      | rows | values | kinds | statuses           |
      | 5    | 4      | 2     | ['live', 'repair'] |
    And no side effects

  Scenario: [4] What stands beside an aggregate is what is grouped by, null too
    Given the estate graph
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.status AS status, count(*) AS servers, sum(s.cores) AS cores
      """
    Then the result should be, in any order:
      | status   | servers | cores |
      | 'live'   | 3       | 44    |
      | 'repair' | 1       | 32    |
      | null     | 1       | 2     |
    And no side effects

  Scenario: [5] Groups by a node
    Given the estate graph
    When executing query:
      """
      MATCH (w:Switch)<-[:PLUGGED_INTO]-(s)
      RETURN w, sum(s.cores) AS cores
      """
    Then the result should be, in any order:
      | w                                   | cores |
      | (:Switch {name: 'sw-1', ports: 48}) | 44    |
      | (:Switch {name: 'sw-2', ports: 24}) | 64    |
    And no side effects

  Scenario: [6] Sums and averages of integers and floats
    Given any graph
    When executing query:
      """
      UNWIND [[1, 2], [1, 2.5], [null]] AS numbers
      UNWIND numbers AS number
      RETURN numbers, sum(number) AS sum, avg(number) AS average
      """
    Then the result should be, in any order:
      | numbers  | sum | average |
      | [1, 2]   | 3   | 1.5     |
      | [1, 2.5] | 3.5 | 1.75    |
      | [null]   | 0   | null    |
    And no side effects

  Scenario: [7] The least and the most of different kinds
    Given any graph
    When executing query:
      """
      UNWIND [1, 'a', null, 0.5, [9]] AS value
      RETURN min(value) AS least, max(value) AS most
      """
    Then the result should be, in any order:
      | least | most |
      | [9]   | 1    |
    And no side effects

  Scenario: [8] An aggregate is a part of an expression
    Given the estate graph
    When executing query:
      """
      MATCH (:Service)-[:RUNS_ON]->(s)-[:PLUGGED_INTO]->(w)
      RETURN count(*) * 10 + count(DISTINCT w) AS number, {switches: count(DISTINCT w)} AS map
      """
    Then the result should be, in any order:
      | number | map           |
      | 52     | {switches: 2} |
    And no side effects

  Scenario: [9] Percentiles and the spread
    Given any graph
    When executing query:
      """
      UNWIND [2, 4, 4, 4, 5, 5, 7, 9] AS load
      RETURN percentileDisc(load, 0.5) AS disc, percentileCont(load, 0.5) AS cont, stDevP(load) AS spread
      """
    Then the result should be, in any order:
      | disc | cont | spread |
      | 4    | 4.5  | 2.0    |
    And no side effects
