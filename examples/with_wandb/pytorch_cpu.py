"""A small network in PyTorch on the processor, through the unmodified wandb client; needs wandb and torch."""

import torch
import wandb


def main():
    """Learn a sine."""
    torch.manual_seed(0)
    config = {"width": 32, "rate": 0.01, "steps": 200}
    run = wandb.init(project="wandb-examples", name="pytorch", config=config)
    run.define_metric("loss", summary="min")
    inputs = torch.linspace(-3, 3, 256).unsqueeze(1)
    targets = torch.sin(inputs)
    model = torch.nn.Sequential(
        torch.nn.Linear(1, config["width"]), torch.nn.Tanh(), torch.nn.Linear(config["width"], 1)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=config["rate"])
    run.watch(model, log_freq=50)
    for _ in range(config["steps"]):
        loss = torch.nn.functional.mse_loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run.log({"loss": loss.item()})
    torch.save(model.state_dict(), "model.pt")
    run.save("model.pt")
    run.finish()


if __name__ == "__main__":
    main()
