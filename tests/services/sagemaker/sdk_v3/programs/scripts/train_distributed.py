"""Fits a line, data-parallel, as torchrun starts it: what a user's own script is."""

import gc
import json
import os
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

torch.set_num_threads(1)
dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
text = Path(os.environ["SM_CHANNEL_TRAIN"], "rows.csv").read_text()
rows = torch.tensor([[float(cell) for cell in line.split(",")] for line in text.splitlines()])
mine = rows[rank::world] / 64
model = nn.parallel.DistributedDataParallel(nn.Linear(1, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for _ in range(json.loads(os.environ["SM_HPS"])["epochs"]):
    loss = nn.functional.mse_loss(model(mine[:, 1:]), mine[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"rank {rank} of {world} on {os.environ['SM_CURRENT_HOST']}: {len(mine)} rows\n", end="")
if rank == 0:
    print(f"loss={loss.item()}")
    torch.save(model.module.state_dict(), Path(os.environ["SM_MODEL_DIR"], "model.pt"))
# PyTorch 2.13 may abort where a model outlives its group: pytorch#190489.
del model, optimizer, loss
gc.collect()
dist.destroy_process_group()
