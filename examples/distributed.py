"""One run of a sweep in three processes: rank 0 logs, the others read the same configuration. No torch is needed.

torchrun, MPI and Slurm set RANK, WORLD_SIZE and the like themselves; here they are told by hand, and so is the run.
"""

import multiprocessing
import os

import sweepdeck

RANKS = 3
DATA = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]


def work(rank, run_id, project, pipe):
    """What the ranks above 0 do: each has its part of the data, and logs as rank 0 does."""
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(RANKS)}
    run = sweepdeck.init(project=project, id=run_id)
    for _ in range(run.config.steps):
        loss = part_of_loss(rank, pipe.recv())
        pipe.send((loss, run.config.lr))
        run.log({"loss": loss})
    run.finish()


def part_of_loss(rank, weight):
    return sum((weight * x - 2 * x) ** 2 for x in DATA[rank::RANKS])


def main():
    run = sweepdeck.init()
    spawn = multiprocessing.get_context("spawn")
    pipes = []
    for rank in range(1, RANKS):
        pipe, other = spawn.Pipe()
        spawn.Process(target=work, args=(rank, run.id, run.project, other), daemon=True).start()
        pipes.append(pipe)
    weight = 0.0
    for _ in range(run.config.steps):
        for pipe in pipes:
            pipe.send(weight)
        answers = [pipe.recv() for pipe in pipes]
        run.log({"loss": part_of_loss(0, weight) + sum(loss for loss, _ in answers), "same": same_lr(run, answers)})
        weight += run.config.lr * (2 - weight)


def same_lr(run, answers):
    return all(lr == run.config.lr for _, lr in answers)


if __name__ == "__main__":
    config = {"method": "grid", "parameters": {"lr": {"values": [0.1, 0.5]}, "steps": {"value": 4}}}
    sweep_id = sweepdeck.sweep(config | {"metric": {"name": "loss"}}, project="distributed")
    sweepdeck.agent(sweep_id, main)
