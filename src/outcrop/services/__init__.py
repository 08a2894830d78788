"""One package per AWS service: AWS requests into work, work into AWS answers."""
