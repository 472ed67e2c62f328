// An ordinary discord.js bot. Only `rest.api` is not as it would be for Discord itself.
import {
  ActionRowBuilder, ButtonBuilder, ButtonStyle, Client, EmbedBuilder, Events, GatewayIntentBits, MessageFlags,
  ModalBuilder, Partials, SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} from 'discord.js';

const MACHINES = ['web-01', 'web-02', 'db-01'];
const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildMessageReactions],
  partials: [Partials.Reaction, Partials.Message],
  rest: { api: `${process.env.DISCORD}/api` },
});

const door = new SlashCommandBuilder()
  .setName('door').setDescription('Doors to machines')
  .addSubcommand((request) => request
    .setName('request').setDescription('Ask for access to a machine')
    .addStringOption((vm) => vm.setName('vm').setDescription('Which machine').setRequired(true).setAutocomplete(true))
    .addIntegerOption((port) => port.setName('port').setDescription('Which port').setRequired(true)
      .setMinValue(1).setMaxValue(65535))
    .addStringOption((reason) => reason.setName('reason').setDescription('Why').setMaxLength(200)));

client.once(Events.ClientReady, async () => {
  const guild = client.guilds.cache.first();
  await guild.commands.set([door]);
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    const fitting = MACHINES.filter((name) => name.startsWith(typed));
    await interaction.respond(fitting.map((name) => ({ name, value: name })));
  } else if (interaction.isChatInputCommand()) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await ask(interaction);
  } else if (interaction.isButton()) {
    const [verb, requester, vm] = interaction.customId.split(':');
    if (verb === 'deny') {
      const why = new TextInputBuilder().setCustomId('why').setLabel('Why').setStyle(TextInputStyle.Short);
      await interaction.showModal(new ModalBuilder()
        .setCustomId('why-not').setTitle('Deny the request')
        .addComponents(new ActionRowBuilder().addComponents(why)));
      return;
    }
    await decide(interaction, `Approved by ${interaction.user.username}.`);
    const user = await client.users.fetch(requester);
    await user.send(`${vm}, port 22: approved by ${interaction.user.username}.`);
  } else if (interaction.isModalSubmit()) {
    const why = interaction.fields.getTextInputValue('why');
    await decide(interaction, `Denied by ${interaction.user.username}: ${why}`);
  }
});

async function ask(interaction) {
  const vm = interaction.options.getString('vm');
  const port = interaction.options.getInteger('port');
  const card = new EmbedBuilder()
    .setTitle(`${vm}, port ${port}`)
    .addFields({ name: 'Asked by', value: interaction.user.username }, { name: 'Why', value: interaction.options.getString('reason') });
  const id = (verb) => `${verb}:${interaction.user.id}:${vm}`;
  const row = new ActionRowBuilder().addComponents(
    new ButtonBuilder().setCustomId(id('approve')).setLabel('Approve').setStyle(ButtonStyle.Success),
    new ButtonBuilder().setCustomId(id('deny')).setLabel('Deny').setStyle(ButtonStyle.Danger),
  );
  const channel = interaction.guild.channels.cache.find((found) => found.name === 'jit-requests');
  const message = await channel.send({ embeds: [card], components: [row] });
  await message.startThread({ name: vm });
  await message.react('✅');
  await interaction.editReply(`Asked for ${vm}, port ${port}. Somebody on call will answer.`);
}

async function decide(interaction, outcome) {
  const card = EmbedBuilder.from(interaction.message.embeds[0]).setDescription(outcome);
  await interaction.update({ embeds: [card], components: [] });
}

async function note(reaction, user, line) {
  if (reaction.emoji.name !== '👀') return;
  const who = await client.users.fetch(user.id);
  // The thread of a message has the message's id.
  const thread = await client.channels.fetch(reaction.message.id);
  await thread.send(`${who.username} ${line}`);
}
client.on(Events.MessageReactionAdd, (reaction, user) => note(reaction, user, 'is looking at it.'));
client.on(Events.MessageReactionRemove, (reaction, user) => note(reaction, user, 'has stopped looking.'));

await client.login(process.env.BOT_TOKEN);
