"""The pages of Sweepdeck: views, charts and live updates."""
