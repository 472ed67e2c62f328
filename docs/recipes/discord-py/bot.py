"""An ordinary discord.py bot. Only the two addresses below are not as they would be for Discord itself."""

import os

import discord
import yarl
from discord import app_commands

address = os.environ["DISCORD"]
discord.http.Route.BASE = f"{address}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address.replace("http", "ws", 1))

MACHINES = ["web-01", "web-02", "db-01"]
intents = discord.Intents(guilds=True, guild_messages=True, guild_reactions=True)
client = discord.Client(intents=intents)
tree = app_commands.CommandTree(client)
door = app_commands.Group(name="door", description="Doors to machines")
tree.add_command(door)


async def matching(_, typed: str):
    return [app_commands.Choice(name=name, value=name) for name in MACHINES if name.startswith(typed)]


@door.command(name="request", description="Ask for access to a machine")
@app_commands.describe(vm="Which machine", port="Which port", reason="Why")
@app_commands.autocomplete(vm=matching)
async def request(
    interaction: discord.Interaction, vm: str, port: app_commands.Range[int, 1, 65535], reason: str | None
):
    await interaction.response.defer(ephemeral=True)
    card = discord.Embed(title=f"{vm}, port {port}")
    card.add_field(name="Asked by", value=interaction.user.name)
    card.add_field(name="Why", value=reason)
    channel = discord.utils.get(interaction.guild.text_channels, name="jit-requests")
    message = await channel.send(embed=card, view=Decision(interaction.user, vm))
    await message.create_thread(name=vm)
    await message.add_reaction("✅")
    await interaction.edit_original_response(
        content=f"Asked for {vm}, port {port}. Somebody on call will answer."
    )


async def decide(interaction: discord.Interaction, outcome: str):
    card = interaction.message.embeds[0]
    card.description = outcome
    await interaction.response.edit_message(embed=card, view=None)


class Decision(discord.ui.View):
    def __init__(self, requester, vm):
        super().__init__(timeout=None)
        self.requester, self.vm = requester, vm

    @discord.ui.button(label="Approve", style=discord.ButtonStyle.success)
    async def approve(self, interaction: discord.Interaction, _):
        await decide(interaction, f"Approved by {interaction.user.name}.")
        await self.requester.send(f"{self.vm}, port 22: approved by {interaction.user.name}.")

    @discord.ui.button(label="Deny", style=discord.ButtonStyle.danger)
    async def deny(self, interaction: discord.Interaction, _):
        await interaction.response.send_modal(Denial())


class Denial(discord.ui.Modal, title="Deny the request"):
    why = discord.ui.TextInput(label="Why")

    async def on_submit(self, interaction: discord.Interaction):
        await decide(interaction, f"Denied by {interaction.user.name}: {self.why.value}")


async def note(event: discord.RawReactionActionEvent, line: str):
    if event.emoji.name == "👀":
        who = await client.fetch_user(event.user_id)
        # The thread of a message has the message's id.
        thread = await client.fetch_channel(event.message_id)
        await thread.send(f"{who.name} {line}")


@client.event
async def on_raw_reaction_add(event):
    await note(event, "is looking at it.")


@client.event
async def on_raw_reaction_remove(event):
    await note(event, "has stopped looking.")


@client.event
async def on_ready():
    guild = client.guilds[0]
    tree.copy_global_to(guild=guild)
    await tree.sync(guild=guild)


client.run(os.environ["BOT_TOKEN"])
