Feature: Parameters stand for values

  Background:
    Given the estate graph

  Scenario: [1] In patterns, in maps, as lists and as null
    And parameters are:
      | names  | ['db-1', 'db-2', 'old-1'] |
      | limits | {cores: 16}               |
      | status | null                      |
      | wanted | 'sw-2'                    |
    When executing query:
      """
      UNWIND $names AS name
      MATCH (s:Server {name: name})-[:PLUGGED_INTO]->(:Switch {name: $wanted})
      WHERE s.cores > $limits.cores
      RETURN name, s.status = $status AS same
      """
    Then the result should be, in any order:
      | name   | same |
      | 'db-1' | null |
      | 'db-2' | null |
    And no side effects

  Scenario: [2] As bounds of rows
    And parameters are:
      | page | 2 |
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name AS name ORDER BY name SKIP $page * 2 LIMIT $page
      """
    Then the result should be, in order:
      | name    |
      | 'web-2' |
    And no side effects

  Scenario Outline: [3] <limit> is no number of rows
    And parameters are:
      | limit | <limit> |
    When executing query:
      """
      MATCH (s:Server)
      RETURN s.name LIMIT $limit
      """
    Then a SyntaxError should be raised at runtime: <error>

    Examples:
      | limit | error                   |
      | -1    | NegativeIntegerArgument |
      | 1.5   | InvalidArgumentType     |

  Scenario: [4] One that is not given
    When executing query:
      """
      MATCH (s:Server {name: $wanted})
      RETURN s
      """
    Then a ParameterMissing should be raised at compile time: MissingParameter
