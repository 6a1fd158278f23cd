Feature: Numbers

  Background:
    Given any graph

  Scenario: [1] Integers stay integers, and a division is cut towards zero
    When executing query:
      """
      RETURN 7 / 2 AS half, -7 / 2 AS negative, 7 / 2.0 AS float, 7 % -3 AS rest, -7 % 3 AS negativeRest, 2 ^ 3 AS power
      """
    Then the result should be, in any order:
      | half | negative | float | rest | negativeRest | power |
      | 3    | -3       | 3.5   | 1    | -1           | 8.0   |
    And no side effects

  Scenario: [2] What binds tighter
    When executing query:
      """
      RETURN 1 + 2 * 3 AS product, 2 * 3 ^ 2 AS power, 2 ^ 3 ^ 2 AS powers, -2 ^ 2 AS sign, 10 - 4 - 3 AS left, 2 - -1 AS minus
      """
    Then the result should be, in any order:
      | product | power | powers | sign | left | minus |
      | 7       | 18.0  | 64.0   | 4.0  | 3    | 3     |
    And no side effects

  Scenario: [3] Numbers as they are written
    When executing query:
      """
      RETURN 0x1F AS hexadecimal, 0o17 AS octal, 1e3 AS exponent, .5 AS point, -9223372036854775808 AS least,
             9223372036854775807 AS most
      """
    Then the result should be, in any order:
      | hexadecimal | octal | exponent | point | least                | most                |
      | 31          | 15    | 1000.0   | 0.5   | -9223372036854775808 | 9223372036854775807 |
    And no side effects

  Scenario: [4] Functions of numbers
    When executing query:
      """
      RETURN abs(-3) AS abs, sign(-0.5) AS sign, ceil(1.2) AS ceil, floor(-1.2) AS floor, round(1.7) AS round,
             sqrt(16) AS sqrt, toInteger(-1.9) AS integer, abs(null) AS nothing
      """
    Then the result should be, in any order:
      | abs | sign | ceil | floor | round | sqrt | integer | nothing |
      | 3   | -1   | 2.0  | -2.0  | 2.0   | 4.0  | -1      | null    |
    And no side effects
