"""Executes agent jobs: each as a subprocess in a process group and a folder of its own."""
