Feature: Whether values are equal

  Background:
    Given any graph

  Scenario: [1] Numbers, texts, and values of different types
    When executing query:
      """
      RETURN 1 = 1.0 AS numbers, 1 = '1' AS numberAndText, 'a' <> 'A' AS letters,
             true = 1 AS truth, [1] = 1 AS listAndNumber
      """
    Then the result should be, in any order:
      | numbers | numberAndText | letters | truth | listAndNumber |
      | true    | false         | true    | false | false         |
    And no side effects

  Scenario: [2] Null is equal to nothing, not even to null
    When executing query:
      """
      RETURN null = null AS same, null <> 1 AS other, null IS NULL AS missing,
             1 IS NOT NULL AS there, null < 1 AS less
      """
    Then the result should be, in any order:
      | same | other | missing | there | less |
      | null | null  | true    | true  | null |
    And no side effects

  Scenario: [3] Lists are compared item by item
    When executing query:
      """
      RETURN [1, 2] = [1, 2.0] AS equal, [1, 2] = [1] AS shorter, [1, null] = [1, null] AS unknown,
             [1, null] = [2, null] AS different, [null] = [null, null] AS lengths
      """
    Then the result should be, in any order:
      | equal | shorter | unknown | different | lengths |
      | true  | false   | null    | false     | false   |
    And no side effects

  Scenario: [4] Maps are compared name by name
    When executing query:
      """
      RETURN {a: 1, b: 2} = {b: 2, a: 1} AS equal, {a: 1} = {b: 1} AS names,
             {a: null} = {a: null} AS unknown, {a: null} = {} AS missing,
             {a: 1, b: null} = {a: 2, b: null} AS different
      """
    Then the result should be, in any order:
      | equal | names | unknown | missing | different |
      | true  | false | null    | false   | false     |
    And no side effects

  Scenario: [5] What is no number is equal to no number, and compares with none
    When executing query:
      """
      WITH 0.0 / 0.0 AS nan
      RETURN nan = nan AS same, nan <> nan AS other, nan < 1 AS less, nan >= 1 AS more,
             nan > 'a' AS text
      """
    Then the result should be, in any order:
      | same  | other | less  | more  | text |
      | false | true  | false | false | null |
    And no side effects

  Scenario: [6] The same node is equal to itself
    Given the estate graph
    When executing query:
      """
      MATCH (v:Service {name: 'shop'})-[:NEEDS]->()-[:NEEDS]->(a)
      MATCH (v)-[:NEEDS]->(b)
      RETURN b.name AS name, a = b AS same
      """
    Then the result should be, in any order:
      | name     | same  |
      | 'search' | false |
      | 'stock'  | true  |
    And no side effects
