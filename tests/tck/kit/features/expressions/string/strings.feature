Feature: Texts

  Background:
    Given any graph

  Scenario: [1] Parts of a text
    When executing query:
      """
      RETURN substring('switch', 2) AS rest, substring('switch', 1, 3) AS middle, left('switch', 2) AS left,
             right('switch', 9) AS right, trim('  web ') AS trimmed, split('web-1.tokyo', '.') AS parts
      """
    Then the result should be, in any order:
      | rest   | middle | left | right    | trimmed | parts              |
      | 'itch' | 'wit'  | 'sw' | 'switch' | 'web'   | ['web-1', 'tokyo'] |
    And no side effects

  Scenario: [2] Other texts of a text
    When executing query:
      """
      RETURN toUpper('sw-1') AS upper, toLower('SW-1') AS lower, replace('a-b-c', '-', '') AS replaced,
             reverse('db1') AS reversed, 'web' + '-' + 1 AS joined, size('サーバー') AS size
      """
    Then the result should be, in any order:
      | upper  | lower  | replaced | reversed | joined  | size |
      | 'SW-1' | 'sw-1' | 'abc'    | '1bd'    | 'web-1' | 4    |
    And no side effects

  Scenario: [3] What a text begins with, ends with and holds
    When executing query:
      """
      RETURN 'web-1' STARTS WITH 'web' AS begin, 'web-1' ENDS WITH '2' AS finish, 'web-1' CONTAINS 'B' AS holds,
             'web-1' CONTAINS '' AS empty, 'web-1' STARTS WITH null AS unknown, 'web-12' =~ 'web' AS whole
      """
    Then the result should be, in any order:
      | begin | finish | holds | empty | unknown | whole |
      | true  | false  | false | true  | null    | false |
    And no side effects

  Scenario: [4] Texts and other values
    When executing query:
      """
      RETURN toInteger('42') AS integer, toInteger('4.7') AS cut, toInteger('rack') AS none, toFloat('1e2') AS float,
             toBoolean('false') AS truth, toString(1.0) AS number, toString(true) AS word, toString(null) AS nothing
      """
    Then the result should be, in any order:
      | integer | cut | none | float | truth | number | word   | nothing |
      | 42      | 4   | null | 100.0 | false | '1.0'  | 'true' | null    |
    And no side effects

  Scenario: [5] Letters that are written otherwise
    When executing query:
      """
      RETURN 'it\'s' AS quote, "say \"up\"" AS double, 'a\\b' AS backslash, '\u0041' AS letter, 'a\nb' AS lines
      """
    Then the result should be, in any order:
      | quote   | double     | backslash | letter | lines   |
      | 'it\'s' | 'say "up"' | 'a\\\\b'  | 'A'    | 'a\\nb' |
    And no side effects
