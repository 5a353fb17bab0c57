<?php

declare(strict_types=1);

namespace Sluice\Whmcs;

/** Where a customer is sent from WHMCS: the panel's login, or a page of Sluice that is open for an hour. */
final class SignOn
{
    private const SECONDS = 3600;
    /** A link is used again as long as it is open for at least this long. */
    private const LEAST_SECONDS = 1800;
    /** Where WHMCS's session has the links, by client. */
    private const LINKS = 'sluice_links';

    /**
     * @param array<array-key, mixed> $params the parameters of the module function
     *
     * @throws ApiError|Refusal
     */
    public static function address(array $params): string
    {
        $service = Service::of($params);
        $api = new Api(Connection::ofServer($params), 15);
        try {
            $address = (new Data($api->get($service->path('/login-link'))))->text('url');
        } catch (ApiError $error) {
            if ($error->reason !== 'unsupported') {
                throw $error;
            }
            $address = self::shared($api, $service);
        }
        return self::checked($address);
    }

    /**
     * Returns an address if it is one of a web page; Sluice has none where customers are shown none.
     *
     * @throws Refusal
     */
    public static function checked(string $address): string
    {
        if (preg_match('#^https?://[^\s<>"\']+$#i', $address) !== 1) {
            throw new Refusal('Sluice has no address of the panel for customers: set publicUrl of the panel in its config.');
        }
        return $address;
    }

    private static function shared(Api $api, Service $service): string
    {
        if ($service->client === '') {
            throw new Refusal('WHMCS named no client.');
        }
        // One link for each click would fill the store of Sluice.
        $known = (new Data($_SESSION ?? []))->at(self::LINKS)->at($service->client);
        if (($known->whole('until') ?? 0) >= time() + self::LEAST_SECONDS) {
            return $known->text('url');
        }
        // A link is shown once: a repetition has to make another one.
        $key = Keys::fresh($service->subject(), 'share');
        $body = ['client' => $service->client, 'validSeconds' => self::SECONDS];
        $answer = new Data($api->post('/share-links', $body, $key));
        if ($answer->text('url') === '') {
            throw new Refusal('Sluice does not know the address at which customers reach it: set serve.publicUrl in its config.');
        }
        $_SESSION[self::LINKS] = [$service->client => ['url' => $answer->text('url'), 'until' => time() + self::SECONDS]];
        return $answer->text('url');
    }
}
