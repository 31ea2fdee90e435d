"""What AWS defines: services, actions, resource types, condition keys, and the dated facts about them.

`catalog.catalog` is the way in; nothing is read until it is asked for.
"""
