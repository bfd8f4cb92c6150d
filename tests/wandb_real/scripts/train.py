"""A program under a sweep; with a large `lr` it gets worse and is stopped early."""

import argparse
import time

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--steps", type=int, default=5)
arguments = parser.parse_args()
run = wandb.init(config=vars(arguments))
for step in range(arguments.steps):
    run.log({"loss": arguments.lr * (step + 1)})
    time.sleep(0.1)
