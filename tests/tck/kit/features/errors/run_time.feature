Feature: Values that a statement cannot go on with

  Background:
    Given any graph

  Scenario Outline: [1] <query>
    When executing query:
      """
      <query>
      """
    Then a <type> should be raised at runtime: <error>

    Examples:
      | query                                                  | type            | error                       |
      | UNWIND [1, 0] AS n RETURN 10 / n                       | ArithmeticError | *                           |
      | UNWIND [1, 9223372036854775807] AS n RETURN n + 1      | ArithmeticError | *                           |
      | WITH {ports: 24} AS map, 0 AS name RETURN map[name]    | TypeError       | MapElementAccessByNonString |
      | WITH [1, 2] AS list, 'first' AS name RETURN list[name] | TypeError       | *                           |
      | WITH 'sw-1' AS name RETURN name.ports                  | TypeError       | *                           |
      | UNWIND [0] AS step RETURN range(1, 3, step)            | ArgumentError   | NumberOutOfRange            |
      | UNWIND [1, 2] AS n RETURN percentileDisc(n, 1.5)       | ArgumentError   | NumberOutOfRange            |
      | UNWIND [1, [1]] AS value RETURN toInteger(value)       | TypeError       | InvalidArgumentValue        |

  Scenario: [2] A procedure that there is not
    When executing query:
      """
      CALL rack.reboot('sw-1')
      """
    Then a ProcedureError should be raised at compile time: ProcedureNotFound
