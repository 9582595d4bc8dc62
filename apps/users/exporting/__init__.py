"""A copy of somebody's data: asked for, made by a worker, fetched by the person, gone after some days."""
