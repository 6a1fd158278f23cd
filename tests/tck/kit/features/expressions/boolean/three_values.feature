Feature: True, false, and what is not known

  Background:
    Given any graph

  Scenario: [1] AND, OR, XOR and NOT over three values
    When executing query:
      """
      UNWIND [true, false, null] AS a
      UNWIND [true, false, null] AS b
      RETURN a, b, a AND b AS both, a OR b AS either, a XOR b AS one, NOT a AS opposite
      """
    Then the result should be, in any order:
      | a     | b     | both  | either | one   | opposite |
      | true  | true  | true  | true   | false | false    |
      | true  | false | false | true   | true  | false    |
      | true  | null  | null  | true   | null  | false    |
      | false | true  | false | true   | true  | true     |
      | false | false | false | false  | false | true     |
      | false | null  | false | null   | null  | true     |
      | null  | true  | null  | true   | null  | null     |
      | null  | false | false | null   | null  | null     |
      | null  | null  | null  | null   | null  | null     |
    And no side effects

  Scenario: [2] NOT binds tighter than AND, AND tighter than XOR, XOR tighter than OR
    When executing query:
      """
      RETURN NOT false AND false AS notAnd,
             true XOR true AND false AS xorAnd,
             true OR true XOR true AS orXor,
             NOT 1 = 2 AS notEqual
      """
    Then the result should be, in any order:
      | notAnd | xorAnd | orXor | notEqual |
      | false  | true   | true  | true     |
    And no side effects
