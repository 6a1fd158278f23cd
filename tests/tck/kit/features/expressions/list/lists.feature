Feature: Lists

  Background:
    Given any graph

  Scenario: [1] One item, from the beginning or from the end
    When executing query:
      """
      WITH ['a', 'b', 'c'] AS ports
      RETURN ports[0] AS first, ports[-1] AS last, ports[3] AS beyond, ports[-4] AS before, ports[null] AS unknown,
             head(ports) AS head, last(ports) AS tail, head([]) AS none
      """
    Then the result should be, in any order:
      | first | last | beyond | before | unknown | head | tail | none |
      | 'a'   | 'c'  | null   | null   | null    | 'a'  | 'c'  | null |
    And no side effects

  Scenario: [2] Some items
    When executing query:
      """
      WITH [1, 2, 3, 4] AS ports
      RETURN ports[1..3] AS middle, ports[..2] AS front, ports[-2..] AS back, ports[2..1] AS none, ports[2..9] AS beyond,
             ports[null..2] AS unknown, tail(ports) AS tail
      """
    Then the result should be, in any order:
      | middle | front  | back   | none | beyond | unknown | tail      |
      | [2, 3] | [1, 2] | [3, 4] | []   | [3, 4] | null    | [2, 3, 4] |
    And no side effects

  Scenario: [3] Lists put together
    When executing query:
      """
      RETURN [1] + [2] AS lists, [1] + 2 AS behind, 0 + [1] AS before, [1] + null AS nothing, [[1]] + [2] AS nested,
             reverse([1, 2]) AS reversed, size([1, null]) AS size
      """
    Then the result should be, in any order:
      | lists  | behind | before | nothing | nested   | reversed | size |
      | [1, 2] | [1, 2] | [0, 1] | null    | [[1], 2] | [2, 1]   | 2    |
    And no side effects

  Scenario: [4] Ranges have both their ends
    When executing query:
      """
      RETURN range(1, 3) AS rising, range(1, 10, 4) AS steps, range(3, 1) AS none, range(3, 1, -1) AS falling,
             reduce(total = 0, n IN range(1, 4) | total + n) AS sum
      """
    Then the result should be, in any order:
      | rising    | steps     | none | falling   | sum |
      | [1, 2, 3] | [1, 5, 9] | []   | [3, 2, 1] | 10  |
    And no side effects
