"""What the machine of a run does meanwhile: processors, memory, disk, network, graphics cards."""
