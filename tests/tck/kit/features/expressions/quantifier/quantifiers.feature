Feature: Whether all, any, none or one of a list fulfil a condition

  Scenario: [1] Of lists that are empty, not known, or hold what is not known
    Given any graph
    When executing query:
      """
      UNWIND [[], [60, 70], [60, 40], [60, null], [40, null], [60, 70, null], null] AS loads
      RETURN loads, all(load IN loads WHERE load > 50) AS every,
             any(load IN loads WHERE load > 50) AS some,
             none(load IN loads WHERE load > 50) AS none,
             single(load IN loads WHERE load > 50) AS one
      """
    Then the result should be, in any order:
      | loads          | every | some  | none  | one   |
      | []             | true  | false | true  | false |
      | [60, 70]       | true  | true  | false | false |
      | [60, 40]       | false | true  | false | true  |
      | [60, null]     | null  | true  | false | null  |
      | [40, null]     | false | null  | null  | null  |
      | [60, 70, null] | null  | true  | false | false |
      | null           | null  | null  | null  | null  |
    And no side effects

  Scenario: [2] Of what is found around a node
    Given the estate graph
    When executing query:
      """
      MATCH (w:Switch)
      WHERE all(s IN [(w)<-[:PLUGGED_INTO]-(s) | s] WHERE s.cores >= 32)
      RETURN w.name AS name
      """
    Then the result should be, in any order:
      | name   |
      | 'sw-2' |
    And no side effects
