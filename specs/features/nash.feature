Feature: Nash equilibrium verification
  As a system designer
  I want to verify Nash equilibria
  So that I can guarantee stable outcomes

  Scenario: Verify pure Nash equilibrium
    Given a resource game with 3 agents
    And a strategy profile S
    When I verify Nash equilibrium for S
    Then each agent is playing best response
    And equilibrium welfare is computed
    And a proof certificate is generated

  Scenario: Detect deviation from equilibrium
    Given a strategy profile that is NOT Nash
    When I verify Nash equilibrium
    Then a profitable deviation is identified
    And the improving agent is specified
    And the improvement gain is computed
