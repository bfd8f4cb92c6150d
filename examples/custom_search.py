"""A search of your own: keep the best configuration and try its neighbours, and stop what goes wrong early."""

import random
import threading

import sweepdeck

CONFIG = {
    "method": "custom",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"min": -1.0, "max": 1.0}, "y": {"min": -1.0, "max": 1.0}},
}


def search(config, runs):
    if len(runs) >= 20:
        return None
    done = [run for run in runs if run.state == "finished"]
    if len(done) < 5:
        return {name: random.uniform(-1, 1) for name in config["parameters"]}
    best = min(done, key=lambda run: run.objective)
    return {name: max(-1.0, min(1.0, random.gauss(value, 0.1))) for name, value in best.config.items()}


def stop(runs):
    return [run for run in runs if run.is_active and len(run.history) >= 3 and run.history[-1] > 5]


def train():
    run = sweepdeck.init()
    for step in range(10):
        run.log({"loss": (run.config.x - 0.3) ** 2 + (run.config.y + 0.2) ** 2 + 1 / (step + 1)})


controller = sweepdeck.controller(CONFIG, project="custom-search", search=search, stop=stop)
agent = threading.Thread(target=sweepdeck.agent, args=(controller.sweep_id, train))
agent.start()
controller.run()
agent.join()
