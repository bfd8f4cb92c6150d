"""Early stopping rules: pure functions from histories to decisions.

A rule judges a run at bands, certain numbers of logged values. What a run was worth at each band is kept once
(`Rung`), so that a decision needs the run's own few figures (`Progress`) and one look-up of its peers at one band,
however many runs and values there are:

1. `rule_of(config, goal)` gives the rule of a sweep; `rule.bands` are its bands, fixed for the life of the sweep.
2. When values of the metric arrive, `rule.observe(progress, values)` gives the new progress, the rungs to store
   and the standings to judge.
3. `rule.decide(standing, peers)` judges one, given what the other runs were worth at that band, ascending.
"""
