"""Print the images of some of the SDK's names, in all regions and versions that it knows."""

import json
import sys
from importlib.resources import files

images = set()
for name in sys.argv[1:]:
    text = files("sagemaker").joinpath(f"image_uri_config/{name}.json").read_text()
    config = json.loads(text)
    for part in [config, *(config[scope] for scope in config if isinstance(config[scope], dict))]:
        for version in part.get("versions", {}).values():
            for region, registry in version["registries"].items():
                images.add(f"{registry}.dkr.ecr.{region}.amazonaws.com/{version['repository']}:1")
print(json.dumps(sorted(images)))
