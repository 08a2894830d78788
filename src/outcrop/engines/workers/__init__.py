"""Heavy engines in processes of their own: a crash or a leak never takes the server along.

    server's event loop                              python -m outcrop.engines.…
    ───────────────────                              ──────────────────────────
    Worker       restarts, idles, backs off
     └─ WorkerProcess   one life of the process
         └─ frames ════════ socket pair ════════════ frames
                                                      └─ child.serve   one thread per request

An engine writes a module that calls `child.serve`, and talks to it through a `Worker`.
"""
