Feature: Which value is less

  Scenario: [1] Only values of one kind are less or more
    Given any graph
    When executing query:
      """
      RETURN 1 < 1.5 AS numbers, 'B' < 'a' AS texts, false < true AS truths, 1 < 'a' AS mixed,
             [1, 2] < [1, 3] AS lists, [1] <= [1, 0] AS prefix
      """
    Then the result should be, in any order:
      | numbers | texts | truths | mixed | lists | prefix |
      | true    | true  | true   | null  | true  | true   |
    And no side effects

  Scenario: [2] A chain of comparisons holds when each of them does
    Given any graph
    When executing query:
      """
      RETURN 1 < 2 < 3 AS rising, 1 < 3 > 2 AS peak, 1 < 2 = 2 <> 3 AS mixed, 3 > 2 > null AS unknown,
             1 > 2 > null AS wrong
      """
    Then the result should be, in any order:
      | rising | peak | mixed | unknown | wrong |
      | true   | true | true  | null    | false |
    And no side effects

  Scenario: [3] IN asks for equality, and does not know what null is
    Given any graph
    When executing query:
      """
      RETURN 2 IN [1, 2.0] AS there, 3 IN [1, 2] AS missing, 1 IN [1, null] AS found,
             3 IN [1, null] AS unknown, null IN [] AS empty, null IN [1] AS what,
             [1] IN [[1, null]] AS lengths, 1 IN null AS nowhere
      """
    Then the result should be, in any order:
      | there | missing | found | unknown | empty | what | lengths | nowhere |
      | true  | false   | true  | null    | false | null | false   | null    |
    And no side effects
