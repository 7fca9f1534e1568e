"""What the blueprints of both extensions share."""
