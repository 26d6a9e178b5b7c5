"""Programs that measure the service, and that train what it compresses with."""
