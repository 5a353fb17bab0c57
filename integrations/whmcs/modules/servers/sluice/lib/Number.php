<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** The module commands of a product addon: a telephone number that is linked to the line of its service. */
final class Number
{
    /** Names of the addon's custom fields, in the form of `Text::name`. */
    private const FIELDS = [
        'number' => ['number', 'did', 'did number', 'phone number', 'numero', 'numero did'],
        'carrier' => ['carrier', 'operadora'],
        'areaCode' => ['ddd', 'area code'],
        'destination' => ['destination', 'destino'],
    ];

    private readonly Commands $commands;
    private readonly Service $service;
    /** @var array<string, string> */
    private readonly array $fields;

    /**
     * @param array<array-key, mixed> $params the parameters of a module function
     *
     * @throws Refusal
     */
    public function __construct(array $params)
    {
        $this->service = Service::of($params);
        $this->commands = new Commands(new Api(Connection::ofServer($params)), $this->service);
        $this->fields = self::toFields((new Data($params))->at('customfields'));
    }

    /**
     * Returns whether parameters are those of a product addon.
     *
     * @param array<array-key, mixed> $params
     */
    public static function isMeant(array $params): bool
    {
        return ((new Data($params))->whole('addonId') ?? 0) > 0;
    }

    /** Links the number to the line, also with changed fields. */
    public function link(): void
    {
        $this->send('link', $this->filled(['carrier', 'destination']));
    }

    public function suspend(): void
    {
        $this->send('suspend');
    }

    public function unsuspend(): void
    {
        $this->send('unsuspend');
    }

    public function release(): void
    {
        $this->send('release');
    }

    /** @param array<string, mixed> $body */
    private function send(string $verb, array $body = []): void
    {
        $number = $this->fields['number'] ?? '';
        if ($number === '') {
            throw new Refusal('The addon has no number: fill in its custom field "number".');
        }
        $body += $this->filled(['areaCode']) + ['service' => $this->service->id, 'addon' => $this->service->addon];
        $this->commands->send('POST', '/dids/' . rawurlencode($number) . "/$verb", $body, "did-$verb");
    }

    /**
     * @param list<string> $fields
     *
     * @return array<string, string>
     */
    private function filled(array $fields): array
    {
        return array_filter(array_intersect_key($this->fields, array_flip($fields)), static fn (string $text): bool => $text !== '');
    }

    /** @return array<string, string> */
    private static function toFields(Data $customFields): array
    {
        $found = [];
        foreach (array_keys($customFields->values) as $label) {
            foreach (self::FIELDS as $field => $names) {
                if (in_array(Text::name((string) $label), $names, true)) {
                    $found[$field] ??= trim(html_entity_decode($customFields->text($label), ENT_QUOTES | ENT_HTML5, 'UTF-8'));
                }
            }
        }
        return $found;
    }
}
