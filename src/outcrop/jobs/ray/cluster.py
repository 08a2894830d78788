"""The cluster itself: the only module that imports Ray. What is blocking there runs in threads.

Source: https://docs.ray.io/en/latest/ray-core/actors/named-actors.html, placement-group.html
"""

import asyncio
import contextlib
import importlib
from pathlib import Path
from typing import Any

import ray as _ray
from ray.exceptions import ActorUnavailableError, RayActorError, RayError
from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

from outcrop.jobs.interface import CannotRunError
from outcrop.jobs.ray.instance import Instance, Order
from outcrop.jobs.ray.interface import InstanceLostError, Wants

NAMESPACE = "outcrop"
PATIENCE_SECONDS = 60.0
"""How long a node that does not answer is asked again."""
LOOK_SECONDS = 1.0
ray: Any = _ray
group: Any = importlib.import_module("ray.util.placement_group")  # The function hides the module.


class Placement:
    """The places of a job's instances, which are theirs until it is removed."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    async def is_ready(self) -> bool:
        """Tell whether there is room for all, after waiting for it for a moment."""
        return bool(await asyncio.to_thread(self._handle.wait, LOOK_SECONDS))

    def addresses(self) -> list[str]:
        """Return the addresses of the nodes of the places."""
        table: Any = group.placement_group_table(self._handle)
        places: dict[int, str] = table["bundles_to_node_id"]
        nodes = {node["NodeID"]: node["NodeManagerAddress"] for node in ray.nodes()}
        return [nodes[places[number]] for number in sorted(places)]

    def strategy(self, number: int) -> Any:
        """Return what puts an actor to a place."""
        return PlacementGroupSchedulingStrategy(self._handle, placement_group_bundle_index=number)


class Remote:
    """An instance somewhere in the cluster."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    async def ask(self, method: str, *arguments: Any) -> Any:
        """Call one of an instance's methods.

        Raises:
            InstanceLostError: It is lost.
        """
        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                return await getattr(self._handle, method).remote(*arguments)
            except ActorUnavailableError as error:
                if asyncio.get_running_loop().time() > until:
                    raise InstanceLostError(str(error)) from error
                await asyncio.sleep(LOOK_SECONDS)
            except RayActorError as error:
                raise InstanceLostError(str(error)) from error
            except RayError as error:
                cause: BaseException | None = getattr(error, "cause", None)
                raise cause or error from error

    def kill(self) -> None:
        """End the actor, and with it its program."""
        ray.kill(self._handle)


class Cluster:
    """A connection to a cluster."""

    @classmethod
    def connect(cls, address: str) -> "Cluster":
        """Join a cluster as a driver; blocks for seconds.

        Raises:
            CannotRunError: There is none.
        """
        try:
            ray.init(
                address=address,
                namespace=NAMESPACE,
                log_to_driver=False,
                configure_logging=False,
                ignore_reinit_error=True,
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise CannotRunError(f"No Ray cluster answers at {address}: {error}") from error
        return cls()

    def placement(self, name: str, wants: Wants, count: int, *, is_together: bool) -> Placement:
        """Return the places of a name, which are asked for unless they were before."""
        try:
            return Placement(group.get_placement_group(name))
        except ValueError:
            strategy = "STRICT_PACK" if is_together else "SPREAD"
            bundles = [{"CPU": float(wants.cpus)}] * count
            handle = group.placement_group(
                bundles, strategy=strategy, name=name, lifetime="detached"
            )
            return Placement(handle)

    def instance(self, order: Order, runtimes: Path, wants: Wants, strategy: Any) -> Remote:
        """Return the instance of a run, which is made unless there is one."""
        actor = ray.remote(Instance).options(
            name=order.run_id,
            namespace=NAMESPACE,
            lifetime="detached",
            get_if_exists=True,
            num_cpus=wants.cpus,
            scheduling_strategy=strategy,
            max_restarts=0,
        )
        return Remote(actor.remote(order, runtimes))

    def find(self, run_id: str) -> Remote:
        """Return the instance of a run.

        Raises:
            InstanceLostError: There is none any more.
        """
        try:
            return Remote(ray.get_actor(run_id, namespace=NAMESPACE))
        except ValueError as error:
            raise InstanceLostError(str(error)) from error

    def give_back(self, name: str) -> None:
        """Give the places of a name back, if there are any; instances that are there end."""
        with contextlib.suppress(ValueError):
            group.remove_placement_group(group.get_placement_group(name))

    def close(self) -> None:
        """Leave the cluster; what runs there goes on."""
        ray.shutdown()
