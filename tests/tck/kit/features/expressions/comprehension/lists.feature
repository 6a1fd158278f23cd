Feature: Lists made of lists

  Background:
    Given any graph

  Scenario: [1] With a condition, with an expression, with both and with neither
    When executing query:
      """
      WITH [1, null, 2, 3] AS slots
      RETURN [s IN slots WHERE s > 1] AS some, [s IN slots | s * 10] AS tens,
             [s IN slots WHERE s > 1 | s * 10] AS both, [s IN slots] AS every
      """
    Then the result should be, in any order:
      | some   | tens               | both     | every           |
      | [2, 3] | [10, null, 20, 30] | [20, 30] | [1, null, 2, 3] |
    And no side effects

  Scenario: [2] Of null there is null
    When executing query:
      """
      RETURN [s IN null | s] AS list
      """
    Then the result should be, in any order:
      | list |
      | null |
    And no side effects

  Scenario: [3] The variable is known inside only
    When executing query:
      """
      WITH 7 AS rack
      RETURN [rack IN [1, 2] | rack + 1] AS inside, rack AS outside
      """
    Then the result should be, in any order:
      | inside | outside |
      | [2, 3] | 7       |
    And no side effects

  Scenario: [4] One within another
    When executing query:
      """
      RETURN [rack IN [1, 2] | [slot IN range(1, rack) | rack * 100 + slot]] AS slots
      """
    Then the result should be, in any order:
      | slots               |
      | [[101], [201, 202]] |
    And no side effects
