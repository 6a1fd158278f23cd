Feature: Scenarios that a strict run has to tell from one another

  Background:
    Given an empty graph
    And having executed:
      """
      CREATE (:Switch {name: 'sw-1', ports: 48})
      """

  Scenario: right rows
    When executing query:
      """
      MATCH (w:Switch) RETURN w.ports AS ports
      """
    Then the result should be, in any order:
      | ports |
      | 48    |

  Scenario: other rows
    When executing query:
      """
      MATCH (w:Switch) RETURN w.ports AS ports
      """
    Then the result should be, in any order:
      | ports |
      | 24    |

  Scenario: other columns
    When executing query:
      """
      MATCH (w:Switch) RETURN w.ports AS ports
      """
    Then the result should be, in any order:
      | slots |
      | 48    |

  Scenario: an error in place of rows
    When executing query:
      """
      MATCH (w:Switch) RETURN v.ports AS ports
      """
    Then the result should be, in any order:
      | ports |
      | 48    |

  Scenario: rows in place of an error
    When executing query:
      """
      MATCH (w:Switch) RETURN w.ports AS ports
      """
    Then a SyntaxError should be raised at compile time: UndefinedVariable

  Scenario: not supported
    When executing query:
      """
      CREATE (:Switch)
      """
    Then the result should be empty
