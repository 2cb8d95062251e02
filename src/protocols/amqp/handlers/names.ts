/** RabbitMQ takes line ends out of names, and so tells clients that have them there nothing new. */
export function cleanName(name: string): string {
  return name.replaceAll(/[\r\n]/g, '');
}
