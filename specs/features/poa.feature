Feature: Price of anarchy bounds
  The seed's two scenarios. Its numbers hold for the concepts that are named here, and for no others: over all equilibria
  VCG has no bound, and proportional share stays below 2 with one resource and concave values (4/3 in pure equilibria).

  Scenario: PoA is within target bound
    Given a resource allocation mechanism
    And target PoA < 1.2
    When I analyze Price of Anarchy
    Then computed PoA is less than 1.2
    And a smoothness proof is provided
    And worst-case instance is identified

  Scenario: Compare mechanisms by PoA
    Given VCG and proportional share mechanisms
    When I compute PoA for both
    Then VCG has PoA = 1.0 (optimal)
    And proportional share has PoA <= 2.0
    And mechanism recommendation is provided
