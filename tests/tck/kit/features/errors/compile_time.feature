Feature: Statements that are refused before they run

  Background:
    Given the estate graph

  Scenario Outline: [1] <query>
    When executing query:
      """
      <query>
      """
    Then a SyntaxError should be raised at compile time: <error>

    Examples:
      | query                                                     | error                           |
      | MATCH (s:Server) RETURN switch                            | UndefinedVariable               |
      | MATCH (s:Server) WITH s.name AS name RETURN s             | UndefinedVariable               |
      | MATCH (s)-[s:RUNS_ON]->() RETURN s                        | VariableTypeConflict            |
      | MATCH (a)-[r:NEEDS]->()-[r:NEEDS]->(b) RETURN a           | RelationshipUniquenessViolation |
      | MATCH p = (a:Server) MATCH p = (b:Switch) RETURN p        | VariableAlreadyBound            |
      | MATCH (s:Server) RETURN s.name AS x, s.cores AS x         | ColumnNameConflict              |
      | MATCH (s:Server) WITH s.name RETURN 1                     | NoExpressionAlias               |
      | MATCH (s:Server) WHERE count(s) > 1 RETURN s              | InvalidAggregation              |
      | MATCH (s:Server) RETURN max(count(*))                     | NestedAggregation               |
      | MATCH (s:Server) RETURN s.cores + count(*)                | AmbiguousAggregationExpression  |
      | MATCH () RETURN *                                         | NoVariablesInScope              |
      | RETURN 1 AS a UNION RETURN 2 AS b                         | DifferentColumnsInUnion         |
      | RETURN 1 AS a UNION RETURN 2 AS a UNION ALL RETURN 3 AS a | InvalidClauseComposition        |
      | MATCH (s:Server) RETURN reboot(s)                         | UnknownFunction                 |
      | MATCH (s:Server) RETURN s.name SKIP -1                    | NegativeIntegerArgument         |
      | MATCH (s:Server) RETURN s.name LIMIT s.cores              | NonConstantExpression           |
      | MATCH (s:Server) RETURN type(s)                           | InvalidArgumentType             |
      | RETURN 9223372036854775808                                | IntegerOverflow                 |
      | RETURN 1e400                                              | FloatingPointOverflow           |
      | RETURN 12racks                                            | InvalidNumberLiteral            |
      | MATCH (s:Server RETURN s                                  | UnexpectedSyntax                |
      | MATCH (s $wanted) RETURN s                                | InvalidParameterUse             |
